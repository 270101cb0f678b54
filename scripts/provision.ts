/** Something that tests need and that stands outside the workspace. */
export interface Provision {
  name: string;
  provide: (env: NodeJS.ProcessEnv) => Promise<Provided>;
}

export interface Provided {
  /** What tells the tests where it is. */
  env: Record<string, string>;
  stop: () => Promise<void>;
}
