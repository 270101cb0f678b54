import { join } from 'node:path';
import { type Baton, createBaton } from '@baton/client';
import { readSecret } from '@baton/server/secrets';
import { z } from 'zod';
import { findBatonFolder, readFileIfExists } from './baton-folder.ts';
import { UserError } from '../output/errors.ts';

/** Written by `baton start` for the other commands. */
const ConnectionFile = z.object({ url: z.url(), apiKey: z.string().min(1) });

export type Connection = z.infer<typeof ConnectionFile>;

/** null where there is no file, or it is not a valid connection. */
export function parseConnection(text: string | null): Connection | null {
  if (text === null) return null;
  try {
    return ConnectionFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * `BATON_URL` and `BATON_API_KEY` (or the key of the file that `BATON_API_KEY_FILE` names), each else from the nearest
 * `.baton/connection.json`.
 * @throws UserError where neither is there; SettingsRefused where the file is at fault
 */
export async function findConnection(env: NodeJS.ProcessEnv, folder: string): Promise<Connection> {
  const url = env['BATON_URL'] || undefined;
  const apiKey = readSecret(env, 'BATON_API_KEY');
  if (url !== undefined && !URL.canParse(url))
    throw new UserError(`BATON_URL is no address: "${url}". Expected one like http://127.0.0.1:4000`);
  if (url !== undefined && apiKey !== undefined) return { url, apiKey };
  const file = join(findBatonFolder(folder), 'connection.json');
  const text = await readFileIfExists(file);
  if (text === null) {
    throw new UserError(
      'No Baton server is known. Start one with `npx -y pnpm@12 start`, or set BATON_URL and BATON_API_KEY.',
    );
  }
  const found = parseConnection(text);
  if (found === null)
    throw new UserError(`${file} is not readable as a connection. \`npx -y pnpm@12 start\` writes it anew.`);
  return { url: url ?? found.url, apiKey: apiKey ?? found.apiKey };
}

/** Makes no call by itself. */
export async function connectToServer(env: NodeJS.ProcessEnv, folder: string): Promise<Baton> {
  return createBaton(await findConnection(env, folder));
}
