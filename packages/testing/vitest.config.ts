import { defineBatonTest } from './src/vitest.ts';

export default defineBatonTest({ database: true });
