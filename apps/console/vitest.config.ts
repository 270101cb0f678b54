import { defineBatonTest } from '@baton/testing/vitest';

export default defineBatonTest({ environment: 'jsdom' });
