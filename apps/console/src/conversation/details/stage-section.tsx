import { nextStages } from '@baton/domain';
import { type NextStage, QualificationField, SalesStage } from '@baton/schema';
import { ArrowRight } from 'lucide-react';
import { requirementLabel, stageLabels } from '../../format/labels.ts';
import { keyMap } from '../../keys/key-map.ts';
import { classNames } from '../../ui/class-names.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Elapsed } from '../../ui/time.tsx';
import { type OpenDialog, useConversation } from '../conversation-context.ts';
import { durationInWords } from '../../format/time.ts';
import { ForWorkers } from '../../session/for-workers.tsx';
import { useMay } from '../../session/session-context.ts';

function dialogFor(missing: string, stage: SalesStage): OpenDialog {
  const field = QualificationField.safeParse(missing);
  if (field.success) return { name: 'qualification', field: field.data };
  return missing === 'lossReason' ? { name: 'stage', to: stage } : { name: 'deal' };
}

/** What a stage still needs, each a link to the dialog that provides it. */
export function MissingRequirements({ next }: { next: NextStage }) {
  const { openDialog } = useConversation();
  const missing = next.blockers.flatMap((blocker) => blocker.missing);
  if (missing.length === 0) return null;
  return (
    <span className="text-meta leading-5 text-ink-3">
      Needs:{' '}
      {missing.map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <button
            type="button"
            onClick={() => openDialog(dialogFor(name, next.stage))}
            className="rounded-[3px] text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
          >
            {requirementLabel(name)}
          </button>
        </span>
      ))}
    </span>
  );
}

/** The eight stages as ticks; the current one is named. */
function StageScale({ stage }: { stage: SalesStage }) {
  const at = SalesStage.options.indexOf(stage);
  return (
    <ol
      aria-label="Stages"
      className="flex h-6 items-end justify-between border-b border-line-strong px-0.5 pb-1"
    >
      {SalesStage.options.map((each, index) => (
        <li
          key={each}
          aria-current={each === stage ? 'step' : undefined}
          className={classNames(
            'rounded-full',
            each === stage
              ? 'h-4 w-[3px] bg-ink'
              : index < at
                ? 'h-2 w-[2px] bg-ink-2'
                : 'h-2 w-[2px] bg-line-strong',
          )}
        >
          <span className="sr-only">{stageLabels[each]}</span>
        </li>
      ))}
    </ol>
  );
}

export function StageSection() {
  const { conversation, commands, runCommand, openDialog } = useConversation();
  const { stage, stageEnteredAt, createdAt } = conversation;
  const next = nextStages(conversation);
  const mayWork = useMay('stages.transition');

  function moveTo(to: NextStage): void {
    // Closing a sale needs details, so it opens the dialog.
    if (to.stage === 'closed_won' || to.stage === 'closed_lost') openDialog({ name: 'stage', to: to.stage });
    else void runCommand(`The move to ${stageLabels[to.stage]}`, () => commands.moveStage({ to: to.stage }));
  }

  return (
    <CollapsibleSection
      name="stage"
      title="Stage"
      summary={stageLabels[stage]}
      actions={
        <ForWorkers>
          <IconButton
            label="Move stage"
            keys={keyMap.stage.keys}
            icon={<ArrowRight size={16} />}
            onClick={() => openDialog({ name: 'stage' })}
          />
        </ForWorkers>
      }
    >
      <StageScale stage={stage} />
      <p className="mt-2 text-ink-2">
        {stage === 'closed_won' || stage === 'closed_lost' ? (
          `${stageLabels[stage]} after ${durationInWords(Date.parse(stageEnteredAt) - Date.parse(createdAt))}`
        ) : (
          <>
            {stageLabels[stage]} <span className="text-ink-3">for</span> <Elapsed since={stageEnteredAt} />
          </>
        )}
      </p>
      <ul aria-label="Next stages" className="mt-2 flex flex-col gap-1">
        {next.map((each) => {
          const isOpen = each.blockers.length === 0;
          return (
            <li key={each.stage} className="flex min-h-6 items-start gap-2">
              {isOpen && mayWork ? (
                <button
                  type="button"
                  onClick={() => moveTo(each)}
                  className="-mx-1 flex items-center gap-1.5 rounded-[4px] px-1 text-ink hover:bg-hover"
                >
                  <ArrowRight size={14} aria-hidden className="text-ink-3" />
                  {stageLabels[each.stage]}
                </button>
              ) : (
                <>
                  <span className="flex shrink-0 items-center gap-1.5 text-ink-3">
                    <ArrowRight size={14} aria-hidden />
                    {stageLabels[each.stage]}
                  </span>
                  {mayWork && <MissingRequirements next={each} />}
                </>
              )}
            </li>
          );
        })}
      </ul>
    </CollapsibleSection>
  );
}
