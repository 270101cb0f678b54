import { Readers, type ReadersRequest } from './readers.ts';

// Started by `benchFeeds` with a channel to it; ends with it.
const readers = new Readers();
process.on('message', (request: ReadersRequest) => {
  void readers.answer(request).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit());
