import { Crowd, type CrowdRequest } from './crowd.ts';

// Started by `benchLimits` with a channel to it; ends with it.
const crowd = new Crowd();
process.on('message', (request: CrowdRequest) => {
  void crowd.answer(request).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit());
