import type { Objection } from '@baton/schema';
import { Plus } from 'lucide-react';
import { objectionWords, severityWords } from '../../format/labels.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Panel } from '../../ui/collapsible-section.tsx';
import { Time } from '../../ui/time.tsx';
import { useConversation } from '../conversation-context.ts';

function ObjectionRow({ objection }: { objection: Objection }) {
  const { open } = useConversation();
  const isActive = objection.status === 'active';
  return (
    <li className="py-2 first:pt-0">
      <div className="flex items-center gap-2">
        <span>{objectionWords[objection.type]}</span>
        <span className="text-meta text-ink-3">{severityWords[objection.severity]} severity</span>
        {!isActive && <Badge>Put off</Badge>}
        <Time at={objection.raisedAt} form="short" className="ml-auto text-meta text-ink-3" />
      </div>
      <p className="text-ink-2">{objection.text}</p>
      {objection.deferReason !== null && (
        <p className="text-meta text-ink-3">Put off: {objection.deferReason}</p>
      )}
      <div className="mt-1 -ml-2 flex gap-1">
        <Button look="quiet" onClick={() => open({ name: 'resolve', objection })}>
          Resolve
        </Button>
        {isActive && (
          <Button look="quiet" onClick={() => open({ name: 'defer', objection })}>
            Put off
          </Button>
        )}
      </div>
    </li>
  );
}

export function ObjectionsSection() {
  const { conversation, open } = useConversation();
  const { objections, deferredObjections } = conversation;
  const all = [...objections, ...deferredObjections];
  return (
    <Panel
      name="objections"
      title="Objections"
      summary={objections.length === 0 ? 'None open' : `${objections.length} open`}
      actions={
        <IconButton
          label="Note an objection"
          icon={<Plus size={16} />}
          onClick={() => open({ name: 'raise' })}
        />
      }
    >
      {all.length === 0 ? (
        <p className="text-ink-3">What keeps the customer from buying is noted here.</p>
      ) : (
        <ul className="divide-y divide-line">
          {all.map((objection) => (
            <ObjectionRow key={objection.id} objection={objection} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
