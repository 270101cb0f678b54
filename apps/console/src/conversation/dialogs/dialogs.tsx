import type { OpenDialog } from '../conversation-context.ts';
import { CloseDialog } from './close-dialog.tsx';
import { DealDialog } from './deal-dialog.tsx';
import { CancelFollowUp, ScheduleFollowUp, SnoozeFollowUp } from './follow-up-dialogs.tsx';
import { HandOver } from './hand-over-dialog.tsx';
import { DeferObjection, RaiseObjection, ResolveObjection } from './objection-dialogs.tsx';
import { RecordAnswer } from './record-answer-dialog.tsx';
import { RedactDialog, TagsDialog } from './small-dialogs.tsx';
import { StageMove } from './stage-dialog.tsx';

/** The dialog that is open. One that another one leads to begins anew. */
export default function Dialogs({ dialog, onClose }: { dialog: OpenDialog; onClose: () => void }) {
  switch (dialog.name) {
    case 'handOver':
      return <HandOver onClose={onClose} />;
    case 'stage':
      return <StageMove key={dialog.to} first={dialog.to} onClose={onClose} />;
    case 'qualification':
      return (
        <RecordAnswer key={dialog.field} first={dialog.field} given={dialog.evidence} onClose={onClose} />
      );
    case 'raise':
      return <RaiseObjection words={dialog.words} onClose={onClose} />;
    case 'resolve':
      return <ResolveObjection objection={dialog.objection} onClose={onClose} />;
    case 'defer':
      return <DeferObjection objection={dialog.objection} onClose={onClose} />;
    case 'followUp':
      return <ScheduleFollowUp onClose={onClose} />;
    case 'snooze':
      return <SnoozeFollowUp followUp={dialog.followUp} onClose={onClose} />;
    case 'cancelFollowUp':
      return <CancelFollowUp followUp={dialog.followUp} onClose={onClose} />;
    case 'deal':
      return <DealDialog onClose={onClose} />;
    case 'close':
      return <CloseDialog onClose={onClose} />;
    case 'tags':
      return <TagsDialog onClose={onClose} />;
    case 'redact':
      return <RedactDialog seq={dialog.seq} onClose={onClose} />;
  }
}
