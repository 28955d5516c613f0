// An employee's risk on a day, from the scores of the open anomalies that cover it: diminishing returns within a detection and across
// detections, so that one noisy detection cannot fill it. keyhole.employee_risk computes the same in the database.

const DECAY = 1.5;
const FULL = 100;
/** What one detection at full strength amounts to. */
const ONE_DETECTION = 0.6;

/** 0–100. @param scoresByDetection scores of each detection's anomalies, in any order */
export function employeeRisk(scoresByDetection: Iterable<readonly number[]>): number {
  const strengths = [...scoresByDetection].map((scores) => Math.min(FULL, diminishing(scores)));
  return Math.round(100 * Math.min(FULL, ONE_DETECTION * diminishing(strengths))) / 100;
}

/** Σ value_j / j^1.5, largest first. */
function diminishing(values: readonly number[]): number {
  let sum = 0;
  [...values]
    .sort((a, b) => b - a)
    .forEach((value, i) => {
      sum += value / (i + 1) ** DECAY;
    });
  return sum;
}
