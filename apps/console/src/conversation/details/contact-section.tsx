import { Link } from '@tanstack/react-router';
import { Pencil } from 'lucide-react';
import { channelLabels, stageLabels } from '../../format/labels.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Time } from '../../ui/time.tsx';
import { useConversation } from '../conversation-context.ts';
import { useOtherConversations } from './use-other-conversations.ts';
import { contactName } from '../../format/contact-name.ts';
import { ContactActions } from '../../privacy/contact-actions.tsx';
import { namedContactOf } from '../../privacy/named-contact.ts';
import { ForWorkers } from '../../session/for-workers.tsx';

export function ContactSection() {
  const { conversation, openDialog } = useConversation();
  const { contactId, channel, tags, metadata, createdAt } = conversation;
  const others = useOtherConversations(conversation);
  const contact = namedContactOf(conversation);
  const details = Object.entries(metadata);
  return (
    <CollapsibleSection
      name="contact"
      title="Contact"
      summary={contactName(conversation)}
      actions={
        <ForWorkers>
          <IconButton
            label="Change tags"
            icon={<Pencil size={14} />}
            onClick={() => openDialog({ name: 'tags' })}
          />
        </ForWorkers>
      }
    >
      <dl className="grid grid-cols-[80px_minmax(0,1fr)] gap-y-1">
        <dt className="text-ink-3">Contact</dt>
        <dd className="break-words">
          {conversation.contact?.name != null && (
            <span className="block font-semibold">{conversation.contact.name}</span>
          )}
          <span className="text-ink-2">{contactId}</span>
        </dd>
        <dt className="text-ink-3">Channel</dt>
        <dd>{channelLabels[channel]}</dd>
        <dt className="text-ink-3">Began</dt>
        <dd>
          <Time at={createdAt} />
        </dd>
        <dt className="text-ink-3">Tags</dt>
        <dd className="flex flex-wrap gap-1">
          {tags.length === 0 && <span className="text-ink-3">none</span>}
          {tags.map((tag) => (
            <Link
              key={tag}
              to="/inbox"
              search={{ tag, status: 'any' }}
              className="rounded-[4px] hover:underline"
            >
              <Badge>{tag}</Badge>
            </Link>
          ))}
        </dd>
        {details.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="truncate text-ink-3">{name}</dt>
            <dd className="break-words">{String(value)}</dd>
          </div>
        ))}
      </dl>
      {conversation.erasedAt === undefined && (
        <div className="mt-3">
          <ContactActions
            onExport={() => openDialog({ name: 'exportContact', contact })}
            onErase={() => openDialog({ name: 'eraseContact', contact })}
          />
        </div>
      )}
      {others.length > 0 && (
        <>
          <h4 className="mt-3 mb-1 text-meta text-ink-3">Other conversations</h4>
          <ul>
            {others.map((other) => (
              <li key={other.id}>
                <Link
                  to="/inbox/$conversationId"
                  params={{ conversationId: other.id }}
                  search={{ status: 'any', contact: contactId }}
                  className="-mx-1 flex items-center gap-2 rounded-[4px] px-1 py-0.5 hover:bg-hover"
                >
                  <span>{channelLabels[other.channel]}</span>
                  <span className="text-ink-3">{stageLabels[other.stage]}</span>
                  <Time at={other.updatedAt} form="short" className="ml-auto text-meta text-ink-3" />
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </CollapsibleSection>
  );
}
