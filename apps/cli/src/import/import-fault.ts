/** A record that could not be imported as it is, with its place in the source. */
export type ImportFault = { place: string; problem: string };
