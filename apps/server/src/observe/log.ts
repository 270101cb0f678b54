import { type DestinationStream, type Logger, pino } from 'pino';

/** What must never reach a log: credentials, and what customers and agents said. */
const SECRET = ['req.headers.authorization', 'req.headers.cookie', 'apiKey', 'key', 'token', 'text', 'input'];

/**
 * A structured log on stdout, or wherever it is told.
 * @param options `level`: `BATON_LOG_LEVEL` without it, and `info` without that
 */
export function createLog(options: { level?: string } = {}, destination?: DestinationStream): Logger {
  const level = options.level ?? process.env['BATON_LOG_LEVEL'] ?? 'info';
  return pino(
    { level, redact: { paths: SECRET, censor: '[hidden]' } },
    ...(destination ? [destination] : []),
  );
}

/**
 * What the log says of an unexpected fault. The message of a MongoDB error can quote a document, so only
 * its name, code and stack frames are kept.
 */
export function faultOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  const isMongo = error.name.startsWith('Mongo');
  return {
    name: error.name,
    ...(!isMongo && { message: error.message }),
    ...('code' in error && { code: error.code }),
    stack: frames.slice(0, 12),
    ...(error.cause !== undefined && { cause: faultOf(error.cause) }),
  };
}
