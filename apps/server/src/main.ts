import { StoreUnavailable } from '@baton/repository';
import { SettingsRefused } from './environment/secret-files.ts';
import { createLog } from './observe/log.ts';
import { startServer } from './server.ts';
import { inspectSettings, optionsOf } from './settings.ts';

const { settings, faults, warnings } = inspectSettings(process.env);
const log = createLog({ level: settings?.BATON_LOG_LEVEL });

function exitWith(message: string): never {
  log.fatal(message);
  process.exit(1);
}

for (const warning of warnings) log.warn(warning);
if (settings === null) exitWith(new SettingsRefused(faults).message);
try {
  const server = await startServer({ ...optionsOf(settings), log });
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
