import { defineBatonTest } from '../testing/src/vitest.ts';

export default defineBatonTest();
