import { ContactSection } from './contact-section.tsx';
import { DealSection } from './deal-section.tsx';
import { FollowUpsSection } from './follow-ups-section.tsx';
import { ObjectionsSection } from './objections-section.tsx';
import { OwnerSection } from './owner-section.tsx';
import { QualificationSection } from './qualification-section.tsx';
import { StageSection } from './stage-section.tsx';

export function DetailsPanel() {
  return (
    <div className="pb-8">
      <OwnerSection />
      <StageSection />
      <QualificationSection />
      <ObjectionsSection />
      <FollowUpsSection />
      <DealSection />
      <ContactSection />
    </div>
  );
}
