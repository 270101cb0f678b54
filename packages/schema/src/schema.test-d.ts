import { describe, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { CommandInput, CommandType, Command } from './command.ts';
import type { Conversation, CreateConversation } from './conversation.ts';
import type { AgentId, ConversationId, HandoffId } from './id.ts';
import type { ErrorCode } from './error.ts';
import type { Entry, EntryKind, EntryOf, MessageEntry } from './timeline.ts';

describe('ids', () => {
  it('are branded: no text and no id of another thing passes for one', () => {
    expectTypeOf<string>().not.toExtend<ConversationId>();
    expectTypeOf<HandoffId>().not.toExtend<ConversationId>();
    expectTypeOf<ConversationId>().not.toExtend<AgentId>();
    expectTypeOf<ConversationId>().toExtend<string>();
  });

  it('are plain text where a caller writes them', () => {
    expectTypeOf<z.input<typeof CreateConversation>['agentId']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<CreateConversation['agentId']>().toEqualTypeOf<AgentId | undefined>();
  });
});

describe('an entry', () => {
  it('is narrowed by its kind', () => {
    expectTypeOf<EntryOf<'message'>>().toEqualTypeOf<MessageEntry>();
    expectTypeOf<EntryOf<'stage'>['to']>().toEqualTypeOf<Conversation['stage']>();
    expectTypeOf<EntryOf<'redaction'>>().not.toHaveProperty('text');
    expectTypeOf<Entry['kind']>().toEqualTypeOf<EntryKind>();
  });
});

describe('a command', () => {
  it('pairs a type with the input of that very type', () => {
    expectTypeOf<Command['type']>().toEqualTypeOf<CommandType>();
    expectTypeOf<Extract<Command, { type: 'handoffs.accept' }>['input']>().toEqualTypeOf<
      CommandInput<'handoffs.accept'>
    >();
    expectTypeOf<CommandInput<'handoffs.accept'>['handoffId']>().toEqualTypeOf<HandoffId>();
    expectTypeOf<{ type: 'messages.append'; input: CommandInput<'deals.close'> }>().not.toExtend<Command>();
  });

  it('lets metadata be texts, numbers, booleans and null, where it is written too', () => {
    type Metadata = Record<string, string | number | boolean | null>;
    expectTypeOf<z.input<typeof CreateConversation>['metadata']>().toEqualTypeOf<Metadata | undefined>();
    expectTypeOf<CreateConversation['metadata']>().toEqualTypeOf<Metadata>();
  });
});

describe('error codes', () => {
  it('are a closed list', () => {
    expectTypeOf<'NOT_OWNER'>().toExtend<ErrorCode>();
    expectTypeOf<string>().not.toExtend<ErrorCode>();
  });
});
