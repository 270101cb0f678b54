/** Something that tests need to be started first. */
export interface Fixture {
  name: string;
  start: (env: NodeJS.ProcessEnv) => Promise<RunningFixture>;
}

export interface RunningFixture {
  /** Variables that tell the tests where it is. */
  env: Record<string, string>;
  stop: () => Promise<void>;
}
