export { createLog } from './log.ts';
export { type BatonServer, type ServerOptions, startServer } from './server.ts';
