/** Receives one line a step, for people to read. */
export type Log = (line: string) => void;

export const noLog: Log = () => {};
