import { withSecretsOfFiles } from '@baton/server/secrets';
import { inspectSettings, type Settings, StartSettings } from '@baton/server/settings';

/** A reason not to start that the user can fix. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

/**
 * What `baton start` reads from its environment: the server's settings, with defaults for a machine of one's own, and
 * how many samples an empty store gets.
 * @throws StartRefused
 */
export function readStartSettings(env: NodeJS.ProcessEnv): {
  /** MONGODB_URI is empty where MongoDB is to be started. */
  settings: Settings;
  start: StartSettings;
  warnings: string[];
} {
  const { settings, faults, warnings } = inspectSettings(env, {
    MONGODB_URI: '',
    BATON_LOG_LEVEL: 'warn',
  });
  const start = StartSettings.safeParse(withSecretsOfFiles(env, []).env);
  const all = [
    ...faults,
    ...(start.error?.issues ?? []).map(({ path, message }) => ({ name: path.join('.'), message })),
  ];
  if (settings === null || !start.success)
    throw new StartRefused(all.map(({ name, message }) => `${name}: ${message}`).join('\n'));
  return { settings, start: start.data, warnings };
}
