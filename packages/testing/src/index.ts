export { arbitraryOf } from './arbitrary.ts';
export { testDatabase, type TestDatabase } from './database.ts';
export { anInput } from './factory.ts';
