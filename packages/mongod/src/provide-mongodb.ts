import { startMongod, type StartMongodOptions } from './start-mongod.ts';

export interface ProvidedMongodb extends AsyncDisposable {
  readonly uri: string;
  /** Whether it is a mongod of this process, rather than one that `MONGODB_URI` names. */
  readonly embedded: boolean;
  /** See `RunningMongod`; never settles for one that is not embedded. */
  readonly exited: Promise<string | undefined>;
  /** Stops an embedded mongod; leaves another as it is. */
  stop(): Promise<void>;
}

export interface ProvideMongodbOptions extends StartMongodOptions {
  /** Use this one; without it, `MONGODB_URI`; without that, a mongod of our own is started. */
  uri?: string;
}

/**
 * Settles which MongoDB to use, and starts one if need be.
 * @throws what `startMongod` throws.
 */
export async function provideMongodb({
  uri,
  ...options
}: ProvideMongodbOptions = {}): Promise<ProvidedMongodb> {
  const given = uri ?? (process.env['MONGODB_URI'] || undefined);
  if (given === undefined) return { ...(await startMongod(options)), embedded: true };
  const stop = async () => {};
  return { uri: given, embedded: false, exited: new Promise(() => {}), stop, [Symbol.asyncDispose]: stop };
}
