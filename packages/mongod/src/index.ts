export { findMongod, type FoundMongod, type MongodSource } from './find-mongod.ts';
export type { Log } from './log.ts';
export { MongodNotFound } from './mongod-not-found.ts';
export { DataFolderInUse, MongodStartFailed, PortInUse } from './mongod-process.ts';
export { isAlive } from './process-alive.ts';
export { provideMongodb, type ProvidedMongodb, type ProvideMongodbOptions } from './provide-mongodb.ts';
export { type RunningMongod, startMongod, type StartMongodOptions } from './start-mongod.ts';
