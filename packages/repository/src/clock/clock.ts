import { ObjectId } from 'mongodb';

/** The time of the store: all that is kept, due, leased or expired goes by it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves once `now` can be relied on. */
  ready(): Promise<void>;
};

/** From 0 up to 1, as Math.random. */
export type Random = () => number;

/** A new id whose time is the store's, whatever the process's own clock says. */
export function newObjectId(clock: Clock): ObjectId {
  return new ObjectId(ObjectId.generate(Math.floor(clock.now() / 1_000)));
}
