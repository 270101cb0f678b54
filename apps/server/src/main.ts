import { StoreUnavailable } from '@baton/repository';
import { z } from 'zod';
import { createLog } from './observe/log.ts';
import { startServer } from './server.ts';

const Settings = z.object({
  MONGODB_URI: z.string().min(1, 'Set MONGODB_URI to the connection string of a replica set'),
  BATON_PORT: z.coerce.number().int().min(0).max(65_535).default(4_000),
  BATON_HOST: z.string().min(1).default('0.0.0.0'),
});

const log = createLog();

/** Says why the process cannot run, and ends it. */
function refuse(why: string): never {
  log.fatal(why);
  process.exit(1);
}

const settings = Settings.safeParse(process.env);
if (!settings.success)
  refuse(settings.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));

try {
  const { MONGODB_URI, BATON_PORT, BATON_HOST } = settings.data;
  const server = await startServer({ mongodbUri: MONGODB_URI, port: BATON_PORT, host: BATON_HOST, log });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'Stopping');
      void server.close().then(() => process.exit());
    });
  }
} catch (error) {
  const isForeseen = error instanceof StoreUnavailable || (error instanceof Error && 'code' in error);
  refuse(isForeseen ? error.message : String(error));
}
