import { StoreUnavailable } from '@baton/repository';
import { createLog } from './observe/log.ts';
import { startServer } from './server.ts';
import { limitsOf, Settings } from './settings.ts';

const log = createLog();

function exitWith(message: string): never {
  log.fatal(message);
  process.exit(1);
}

const settings = Settings.safeParse(process.env);
if (!settings.success)
  exitWith(settings.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));

try {
  const {
    MONGODB_URI,
    BATON_PORT,
    BATON_HOST,
    BATON_FEEDS_PER_TENANT,
    BATON_TRUST_PROXY,
    BATON_VALIDATE_ANSWERS,
  } = settings.data;
  const server = await startServer({
    mongodbUri: MONGODB_URI,
    port: BATON_PORT,
    host: BATON_HOST,
    feedsOfATenant: BATON_FEEDS_PER_TENANT,
    trustProxy: BATON_TRUST_PROXY,
    validateAnswers: BATON_VALIDATE_ANSWERS,
    limits: limitsOf(settings.data),
    log,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'Stopping');
      void server.close().then(() => process.exit());
    });
  }
} catch (error) {
  const isForeseen = error instanceof StoreUnavailable || (error instanceof Error && 'code' in error);
  exitWith(isForeseen ? error.message : String(error));
}
