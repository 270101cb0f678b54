import { runAlone } from '@baton/testing/vitest';
import config from './vitest.config.ts';

export default runAlone(config);
