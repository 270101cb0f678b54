import type {
  Command,
  CommandInput,
  CommandType,
  Conversation,
  EntryOf,
  ErrorCode,
  KnownEntry,
} from '@baton/schema';
import { describe, expectTypeOf, it } from 'vitest';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { evolve, fold } from './evolve.ts';
import { execute, type Outcome } from './execute.ts';
import { transfer } from './handoff.ts';
import { append } from './message.ts';
import type { Refusal } from './refusal.ts';

describe('a decision', () => {
  it('takes the input of its own command, and gives drafts', () => {
    expectTypeOf(append).toEqualTypeOf<Decide<'messages.append'>>();
    expectTypeOf(transfer).parameter(1).toEqualTypeOf<CommandInput<'handoffs.transfer'>>();
    expectTypeOf<Decide<'deals.close'>>().not.toEqualTypeOf<Decide<'deals.update'>>();
    expectTypeOf<Decide<CommandType>>().returns.toEqualTypeOf<Draft[]>();
  });

  it('sees a conversation and a context: no clock, no chance, no promise', () => {
    expectTypeOf<Parameters<Decide<'messages.append'>>>().toEqualTypeOf<
      [Conversation, CommandInput<'messages.append'>, DecideContext]
    >();
    expectTypeOf(execute).returns.toEqualTypeOf<Outcome>();
  });

  it('drafts entries without a place in the timeline', () => {
    expectTypeOf<Draft['kind']>().toEqualTypeOf<KnownEntry['kind']>();
    expectTypeOf<Draft>().not.toHaveProperty('seq');
    expectTypeOf<Draft>().not.toHaveProperty('at');
    expectTypeOf<Extract<Draft, { kind: 'owner' }>['epoch']>().toEqualTypeOf<EntryOf<'owner'>['epoch']>();
  });
});

describe('the way in', () => {
  it('takes a command whose type and input belong together', () => {
    expectTypeOf(execute).parameter(1).toEqualTypeOf<Command>();
    type Mixed = { type: 'messages.append'; input: CommandInput<'handoffs.accept'> };
    expectTypeOf<Mixed>().not.toExtend<Command>();
  });

  it('gives a conversation for an entry, and none only for no entry', () => {
    expectTypeOf(evolve).returns.toEqualTypeOf<Conversation>();
    expectTypeOf(fold).returns.toEqualTypeOf<Conversation | null>();
  });

  it('refuses with a code of the contract', () => {
    expectTypeOf<Refusal['code']>().toEqualTypeOf<ErrorCode>();
  });
});
