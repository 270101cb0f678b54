import type { MetricsPeriod, Objection, ObjectionType } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { formatCount, objectionLabels, severityLabels } from '../format/labels.ts';
import { Time } from '../ui/time.tsx';
import { Drawer } from './drawer.tsx';
import { useObjections } from './use-drilldown.ts';

const STATUS_WORDS: Record<Objection['status'], string> = {
  active: 'Open',
  resolved: 'Resolved',
  deferred: 'Deferred',
};

function ObjectionRow({ objection }: { objection: Objection }) {
  return (
    <li className="border-b border-line">
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: objection.conversationId }}
        search={{ status: 'any' }}
        className="block px-4 py-2.5 -outline-offset-2 hover:bg-hover"
      >
        <span className="line-clamp-2 block">
          {objection.text === '' ? 'The text was erased.' : objection.text}
        </span>
        <span className="mt-0.5 flex gap-3 text-meta text-ink-3">
          <span>{STATUS_WORDS[objection.status]}</span>
          <span>{severityLabels[objection.severity]} severity</span>
          <Time at={objection.raisedAt} />
        </span>
      </Link>
    </li>
  );
}

export type ObjectionsDialogProps = { type: ObjectionType; input: MetricsPeriod; onClose: () => void };

/** The objections of the period that a bar counts. */
export function ObjectionsDialog({ type, input, onClose }: ObjectionsDialogProps) {
  const pages = useObjections(type, input);
  return (
    <Drawer
      title={`Objections about ${objectionLabels[type].toLowerCase()}`}
      summary={({ length }) =>
        pages.hasMore ? `The newest ${formatCount(length, 'objection')}` : formatCount(length, 'objection')
      }
      pages={pages}
      renderRow={(objection) => <ObjectionRow key={objection.id} objection={objection} />}
      moreLabel="Show older ones"
      onClose={onClose}
    />
  );
}
