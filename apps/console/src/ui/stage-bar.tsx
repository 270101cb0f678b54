import { SalesStage } from '@baton/schema';
import { stageLabels } from '../format/labels.ts';
import { classNames } from './class-names.ts';

export type StageBarProps = { stage: SalesStage; isLabelled?: boolean; className?: string };

/** The stage as a tick on a scale, and in words. */
export function StageBar({ stage, isLabelled = true, className }: StageBarProps) {
  return (
    <span className={classNames('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <span aria-hidden className="inline-flex items-end gap-[2px]">
        {SalesStage.options.map((each) => (
          <span
            key={each}
            className={classNames(
              'w-[2px] rounded-full',
              each === stage ? 'h-3 bg-ink' : 'h-1.5 bg-line-strong',
            )}
          />
        ))}
      </span>
      <span className={isLabelled ? undefined : 'sr-only'}>{stageLabels[stage]}</span>
    </span>
  );
}
