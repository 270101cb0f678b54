import type { OpenDialog } from '../conversation-context.ts';
import { EraseDialog } from '../../privacy/erase-dialog.tsx';
import { ExportDialog } from '../../privacy/export-dialog.tsx';
import { CloseDialog } from './close-dialog.tsx';
import { DealDialog } from './deal-dialog.tsx';
import { CancelFollowUpDialog, ScheduleFollowUpDialog, SnoozeFollowUpDialog } from './follow-up-dialogs.tsx';
import { HandOverDialog } from './hand-over-dialog.tsx';
import { DeferObjectionDialog, RaiseObjectionDialog, ResolveObjectionDialog } from './objection-dialogs.tsx';
import { PauseDialog } from './pause-dialog.tsx';
import { RecordAnswerDialog } from './record-answer-dialog.tsx';
import { RedactDialog, TagsDialog } from './small-dialogs.tsx';
import { StageDialog } from './stage-dialog.tsx';
import { TakeOverDialog } from './take-over-dialog.tsx';

/** Keyed, so that a dialog opened from another one starts fresh. */
export default function ConversationDialog({ dialog, onClose }: { dialog: OpenDialog; onClose: () => void }) {
  switch (dialog.name) {
    case 'handOver':
      return <HandOverDialog onClose={onClose} />;
    case 'takeOver':
      return <TakeOverDialog onTaken={dialog.onTaken} onClose={onClose} />;
    case 'stage':
      return <StageDialog key={dialog.to} initialStage={dialog.to} onClose={onClose} />;
    case 'qualification':
      return (
        <RecordAnswerDialog
          key={dialog.field}
          initialField={dialog.field}
          selected={dialog.evidence}
          onClose={onClose}
        />
      );
    case 'raise':
      return <RaiseObjectionDialog initialText={dialog.text} onClose={onClose} />;
    case 'resolve':
      return <ResolveObjectionDialog objection={dialog.objection} onClose={onClose} />;
    case 'defer':
      return <DeferObjectionDialog objection={dialog.objection} onClose={onClose} />;
    case 'followUp':
      return <ScheduleFollowUpDialog onClose={onClose} />;
    case 'snooze':
      return <SnoozeFollowUpDialog followUp={dialog.followUp} onClose={onClose} />;
    case 'cancelFollowUp':
      return <CancelFollowUpDialog followUp={dialog.followUp} onClose={onClose} />;
    case 'deal':
      return <DealDialog onClose={onClose} />;
    case 'close':
      return <CloseDialog onClose={onClose} />;
    case 'pause':
      return <PauseDialog onClose={onClose} />;
    case 'tags':
      return <TagsDialog onClose={onClose} />;
    case 'redact':
      return <RedactDialog seq={dialog.seq} onClose={onClose} />;
    case 'exportContact':
      return <ExportDialog contact={dialog.contact} onClose={onClose} />;
    case 'eraseContact':
      return <EraseDialog contact={dialog.contact} onClose={onClose} />;
  }
}
