export { arbitraryOf } from './arbitrary.ts';
export { testDatabase, type TestDatabase } from './database.ts';
