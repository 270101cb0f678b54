import { join } from 'node:path';
import { type Baton, createBaton } from '@baton/client';
import { z } from 'zod';
import { batonFolder, readIfThere } from './baton-folder.ts';
import { UserError } from './failure.ts';

/** What `baton start` leaves for the other commands. */
const ConnectionFile = z.object({ url: z.url(), apiKey: z.string().min(1) });

export type Connection = z.infer<typeof ConnectionFile>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Where the server is and the key to it: `BATON_URL` and `BATON_API_KEY`, each else from the nearest
 * `.baton/connection.json`.
 * @throws UserError where neither says
 */
export async function findConnection(env: NodeJS.ProcessEnv, folder: string): Promise<Connection> {
  const url = env['BATON_URL'];
  const apiKey = env['BATON_API_KEY'];
  if (url !== undefined && apiKey !== undefined) {
    if (!URL.canParse(url))
      throw new UserError(`BATON_URL is no address: "${url}". Expected one like http://127.0.0.1:4000`);
    return { url, apiKey };
  }
  const file = join(batonFolder(folder), 'connection.json');
  const text = await readIfThere(file);
  if (text === null) {
    throw new UserError(
      'No Baton server is known. Start one here with `baton start`, or set BATON_URL and BATON_API_KEY.',
    );
  }
  const found = ConnectionFile.safeParse(parsed(text));
  if (!found.success)
    throw new UserError(`${file} is not readable as a connection. \`baton start\` writes it anew.`);
  return { url: url ?? found.data.url, apiKey: apiKey ?? found.data.apiKey };
}

/** Connects the commands of one run; makes no call by itself. */
export async function connectBaton(env: NodeJS.ProcessEnv, folder: string): Promise<Baton> {
  return createBaton(await findConnection(env, folder));
}
