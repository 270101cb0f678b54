import type { Conversation, ConversationId } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { rowTargetProps } from '../keys/use-row-keys.ts';
import { NameLoading } from './rows-loading.tsx';

/** Whose conversation a row is about; it opens it, and `j` and `k` stop at it. */
export function ConversationLink({
  conversationId,
  conversation,
  fillsRow = false,
}: {
  conversationId: ConversationId;
  /** Undefined until it is read. */
  conversation: Conversation | undefined;
  /** Whether all of the row opens it: the row is `relative`, what else can be pressed lies above. */
  fillsRow?: boolean;
}) {
  return (
    <Link
      {...rowTargetProps}
      to="/inbox/$conversationId"
      params={{ conversationId }}
      search={{ status: 'any' }}
      className={`truncate font-semibold ${fillsRow ? 'after:absolute after:inset-0' : 'hover:underline'}`}
    >
      {conversation?.contactId ?? <NameLoading />}
    </Link>
  );
}
