export { UNBOUNDED_RATES } from './http/limits.ts';
export { createLog } from './observe/log.ts';
export { type BatonServer, type ServerOptions, startServer } from './server.ts';
