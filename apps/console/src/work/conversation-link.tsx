import type { ConversationView, ConversationId } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { rowTargetProps } from '../keys/use-row-keys.ts';
import { NameLoading } from './rows-loading.tsx';
import { ContactName } from '../ui/contact-name.tsx';

/** The link of a row, which `j` and `k` focus. */
export function ConversationLink({
  conversationId,
  conversation,
  fillsRow = false,
}: {
  conversationId: ConversationId;
  /** Undefined while loading. */
  conversation: ConversationView | undefined;
  /** Makes the whole row clickable; the row must be `relative`, other controls above it. */
  fillsRow?: boolean;
}) {
  return (
    <Link
      {...rowTargetProps}
      to="/inbox/$conversationId"
      params={{ conversationId }}
      search={{ status: 'any' }}
      className={`flex min-w-0 ${fillsRow ? 'after:absolute after:inset-0' : 'hover:underline'}`}
    >
      {conversation === undefined ? <NameLoading /> : <ContactName of={conversation} />}
    </Link>
  );
}
