import type { Objection } from '@baton/schema';
import { Plus } from 'lucide-react';
import { objectionLabels, severityLabels } from '../../format/labels.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Time } from '../../ui/time.tsx';
import { useConversation } from '../conversation-context.ts';
import { ForWorkers } from '../../session/for-workers.tsx';

function ObjectionRow({ objection }: { objection: Objection }) {
  const { openDialog } = useConversation();
  const isActive = objection.status === 'active';
  return (
    <li className="py-2 first:pt-0">
      <div className="flex items-center gap-2">
        <span>{objectionLabels[objection.type]}</span>
        <span className="text-meta text-ink-3">{severityLabels[objection.severity]} severity</span>
        {!isActive && <Badge>Put off</Badge>}
        <Time at={objection.raisedAt} form="short" className="ml-auto text-meta text-ink-3" />
      </div>
      <p className="text-ink-2">{objection.text}</p>
      {objection.deferReason !== null && (
        <p className="text-meta text-ink-3">Put off: {objection.deferReason}</p>
      )}
      <ForWorkers>
        <div className="mt-1 -ml-2 flex gap-1">
          <Button variant="quiet" onClick={() => openDialog({ name: 'resolve', objection })}>
            Resolve
          </Button>
          {isActive && (
            <Button variant="quiet" onClick={() => openDialog({ name: 'defer', objection })}>
              Put off
            </Button>
          )}
        </div>
      </ForWorkers>
    </li>
  );
}

export function ObjectionsSection() {
  const { conversation, openDialog } = useConversation();
  const { objections, deferredObjections } = conversation;
  const all = [...objections, ...deferredObjections];
  return (
    <CollapsibleSection
      name="objections"
      title="Objections"
      summary={objections.length === 0 ? 'None open' : `${objections.length} open`}
      actions={
        <ForWorkers>
          <IconButton
            label="Note an objection"
            icon={<Plus size={16} />}
            onClick={() => openDialog({ name: 'raise' })}
          />
        </ForWorkers>
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
    </CollapsibleSection>
  );
}
