const DEFAULT_PORT = 4_000;

const SAMPLE_CONVERSATIONS = 66;

const MAX_SAMPLES = 10_000;

/** A reason not to start that the user can fix. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

/** `BATON_PORT`, or 4000. */
export function parsePort(setting: string | undefined): number {
  if (setting === undefined || setting === '') return DEFAULT_PORT;
  const port = Number(setting);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new StartRefused(`BATON_PORT must be a port from 0 to 65535, not "${setting}".`);
}

/** `BATON_SAMPLES`: how many sample conversations an empty store gets, or 66. */
export function parseSampleCount(setting: string | undefined): number {
  if (setting === undefined || setting === '') return SAMPLE_CONVERSATIONS;
  const count = Number(setting);
  if (Number.isInteger(count) && count >= 0 && count <= MAX_SAMPLES) return count;
  throw new StartRefused(`BATON_SAMPLES must be a number from 0 to ${MAX_SAMPLES}, not "${setting}".`);
}
