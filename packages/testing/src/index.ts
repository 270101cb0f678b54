export { arbitraryOf } from './arbitrary.ts';
export { testDatabase, type TestDatabase } from './database.ts';
export { anInput } from './factory.ts';
export { type Failure, faultyDatabase, type FaultyDatabase } from './faulty-database.ts';
export { watchable, watchCommands } from './watch-commands.ts';
