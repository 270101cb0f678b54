import { startMongod, type StartMongodOptions } from './start-mongod.ts';

export interface ProvidedMongodb extends AsyncDisposable {
  readonly uri: string;
  /** Whether this process started it. */
  readonly embedded: boolean;
  /** See `RunningMongod`; never resolves where it is not embedded. */
  readonly exited: Promise<string | undefined>;
  /** Stops an embedded mongod; does nothing to another. */
  stop(): Promise<void>;
}

export interface ProvideMongodbOptions extends StartMongodOptions {
  /** By default `MONGODB_URI`; without either, a mongod is started. */
  uri?: string;
}

/** @throws what `startMongod` throws */
export async function provideMongodb({
  uri,
  ...options
}: ProvideMongodbOptions = {}): Promise<ProvidedMongodb> {
  const given = uri ?? (process.env['MONGODB_URI'] || undefined);
  if (given === undefined) return { ...(await startMongod(options)), embedded: true };
  const stop = async () => {};
  return { uri: given, embedded: false, exited: new Promise(() => {}), stop, [Symbol.asyncDispose]: stop };
}
