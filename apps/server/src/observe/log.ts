import { type DestinationStream, type Logger, pino } from 'pino';

/** Credentials, and what customers and agents said. */
const SECRET_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'apiKey',
  'key',
  'token',
  'text',
  'input',
];

/** A log of JSON lines, by default on stdout. The level is `info` by default. */
export function createLog(
  options: { level?: string | undefined } = {},
  destination?: DestinationStream,
): Logger {
  const { level = 'info' } = options;
  return pino(
    { level, redact: { paths: SECRET_PATHS, censor: '[hidden]' } },
    ...(destination ? [destination] : []),
  );
}

/** How many of the errors of one are told. */
const MOST_ERRORS = 5;

/** What the log says of an error. That of MongoDB is logged without its message, which can quote a document. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  const isMongo = error.name.startsWith('Mongo');
  return {
    name: error.name,
    ...(!isMongo && { message: error.message }),
    ...('code' in error && { code: error.code }),
    stack: frames.slice(0, 12),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, MOST_ERRORS).map((one) => describeError(one)),
    }),
  };
}
