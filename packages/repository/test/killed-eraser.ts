import type { Clock } from '../src/clock/clock.ts';
import type { Eraser } from '../src/privacy/erase-conversation.ts';
import type { Collections } from '../src/schema/open-collections.ts';
import type { Scenario } from './scenario.ts';

/** What a process that is killed does no more. */
export class Killed extends Error {}

const WRITES = new Set([
  'bulkWrite',
  'deleteMany',
  'deleteOne',
  'findOneAndUpdate',
  'insertOne',
  'updateMany',
  'updateOne',
]);

/** An eraser that is killed at its nth write: before it is sent, or after it was done and before anybody was told. */
export function killedEraser(
  { collections, store }: Pick<Scenario, 'collections' | 'store'>,
  nth: number,
  when: 'before' | 'after',
  clock: Clock = collections.clock,
): Eraser & { writes: () => number } {
  let writes = 0;
  const counted = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    writes += 1;
    if (nth > 0 && writes >= nth && when === 'before') throw new Killed();
    const result = await write();
    if (nth > 0 && writes >= nth) throw new Killed();
    return result;
  };
  const wrapped = Object.entries(collections).map(([name, typed]) => {
    // Those are written in the contact's own transaction, which is counted once.
    const isCounted = name !== 'active_conversations';
    if (!(isCounted && typeof typed === 'object' && 'encodePart' in typed)) return [name, typed];
    const collection = new Proxy(typed.collection, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const call = () => Reflect.apply(value, target, given);
          return WRITES.has(String(key)) ? counted(call) : call();
        };
      },
    });
    return [name, { ...typed, collection }];
  });
  return {
    // The same collections, each with its writes counted.
    collections: { ...(Object.fromEntries(wrapped) as Collections), clock },
    submit: (caller, command) =>
      counted(() => {
        if (command.type !== 'privacy.eraseConversation') throw new Error(`Not expected: ${command.type}`);
        return store.execute(caller, command.type, command.input);
      }),
    drain: () => store.drain(),
    writes: () => writes,
  };
}
