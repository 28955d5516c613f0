// Every number that shapes an organisation, drawn anew for each seed from wide distributions: what each means and nothing else.
// Detections must not import this file, nor repeat its figures.

import { beta, gamma, logUniform } from './random/distributions.js';
import type { Random } from './random/random.js';
import { HOUR_MS } from './time.js';

export interface Parameters {
  /** Gamma shape of personal work rates: the smaller, the farther the busiest honest person is from the median. */
  readonly rateShape: number;
  /** Mean of the personal dispersion of daily counts (negative binomial): the smaller, the wilder the days. */
  readonly dayDispersion: number;
  /** How closely people of one office or role resemble the catalogue's usual mix (Dirichlet evidence). */
  readonly mixEvidence: number;
  /** Share of people who seldom or never fill in a case number. */
  readonly carelessShare: number;
  /** Mean share of tasks for which everybody else forgets it. */
  readonly forgetMean: number;
  /** Share of people who often open cases themselves, and their mean share of tasks; everybody else's mean share. */
  readonly selfOpenerShare: number;
  readonly selfOpenerMean: number;
  readonly selfMean: number;
  /** Mean share of tasks whose case is opened only afterwards. */
  readonly lateMean: number;
  /** Mean share of tasks cited under a case that does not cover them. */
  readonly wrongCaseMean: number;
  /** Share of cases that come back for another look on a later day. */
  readonly followUpShare: number;
  /** Second person on reinstatements, suspensions and deletions: an office's usual share. */
  readonly secondPersonOnReinstatement: number;
  readonly secondPersonOnSuspension: number;
  readonly secondPersonOnDeletion: number;
  /** Share of honestly reinstated sellers who are suspended again, and the mean days until then. */
  readonly resuspendedShare: number;
  readonly resuspendedAfterDays: number;
  /** Share of honestly deleted reviews that somebody puts back days later. */
  readonly restoredShare: number;
  /** Share of accesses refused by the tool; share with an action the catalogue does not know. */
  readonly deniedShare: number;
  readonly unknownActionShare: number;
  /** Career events per person over sixty days. */
  readonly hireShare: number;
  readonly leaverShare: number;
  readonly moveShare: number;
  readonly leaveShare: number;
  readonly travelShare: number;
  readonly contractorShare: number;
  /** Share of workdays on which somebody is ill. */
  readonly sickShare: number;
  /** Marketplace-wide sales per thirty days; a team's outages and rushes per thirty days; how much more work they bring, at least and at most. */
  readonly salesPerMonth: number;
  readonly rushesPerMonth: number;
  readonly surgeLow: number;
  readonly surgeHigh: number;
  /** Fake-review attacks on a seller per marketplace and thirty days. */
  readonly botAttacksPerMonth: number;
  /** Sellers for each employee; exponent of their popularity (Zipf); customers for each employee. */
  readonly sellersPerEmployee: number;
  readonly popularityExponent: number;
  readonly customersPerEmployee: number;
  /** Share of a seller's customers who reviewed; of those, share of one and two stars, on average. */
  readonly reviewedShare: number;
  readonly lowRatingMean: number;
  /** Share of sellers in clusters, and of clusters that a broker runs. */
  readonly clusteredShare: number;
  readonly brokerShare: number;
  /** Share of sellers suspended before the period. */
  readonly suspendedShare: number;
  /** Complaints a day for each hundred employees, of customers whom nobody sold. */
  readonly complaintsPerHundred: number;
  /** Seller apps and nightly services for each hundred employees. */
  readonly appsPerHundred: number;
  /** Chance of an authorised bulk task on a support person's workday; an analyst's is ten times it. */
  readonly bulkTaskShare: number;
  /** How much likelier an offender sits in the office near the sellers. */
  readonly nearSellersPull: number;
  /** Share of records delivered late, how late at most, share delivered twice. */
  readonly lateShare: number;
  readonly lateUpToMs: number;
  readonly repeatShare: number;
}

export function drawParameters(random: Random): Parameters {
  return {
    rateShape: random.between(1.1, 2.6),
    dayDispersion: logUniform(random, 2.5, 12),
    mixEvidence: random.between(15, 80),
    carelessShare: random.between(0.04, 0.12),
    forgetMean: random.between(0.03, 0.14),
    selfOpenerShare: random.between(0.02, 0.06),
    selfOpenerMean: random.between(0.12, 0.4),
    selfMean: random.between(0.005, 0.03),
    lateMean: random.between(0.005, 0.03),
    wrongCaseMean: random.between(0.003, 0.015),
    followUpShare: random.between(0.1, 0.35),
    secondPersonOnReinstatement: beta(random, 0.93, 60),
    secondPersonOnSuspension: beta(random, 0.8, 20),
    secondPersonOnDeletion: beta(random, 0.6, 12),
    resuspendedShare: beta(random, 0.08, 60),
    resuspendedAfterDays: random.between(6, 20),
    deniedShare: logUniform(random, 0.001, 0.01),
    unknownActionShare: logUniform(random, 0.0001, 0.001),
    hireShare: random.between(0.04, 0.1),
    leaverShare: random.between(0.03, 0.07),
    moveShare: random.between(0.02, 0.06),
    leaveShare: random.between(0.03, 0.08),
    travelShare: random.between(0.03, 0.08),
    contractorShare: random.between(0.03, 0.15),
    sickShare: random.between(0.01, 0.04),
    salesPerMonth: random.between(0.5, 1.6),
    rushesPerMonth: random.between(0.2, 0.8),
    surgeLow: random.between(1.4, 1.7),
    surgeHigh: random.between(2, 2.8),
    botAttacksPerMonth: random.between(0.6, 2.5),
    sellersPerEmployee: logUniform(random, 4, 12),
    popularityExponent: random.between(0.7, 1.05),
    customersPerEmployee: logUniform(random, 80, 250),
    reviewedShare: random.between(0.2, 0.45),
    lowRatingMean: random.between(0.1, 0.22),
    clusteredShare: random.between(0.12, 0.3),
    brokerShare: random.between(0.25, 0.5),
    suspendedShare: random.between(0.05, 0.12),
    complaintsPerHundred: gamma(random, 4, 0.25),
    appsPerHundred: random.between(4, 10),
    bulkTaskShare: logUniform(random, 0.001, 0.005),
    nearSellersPull: random.between(2, 5),
    lateShare: logUniform(random, 0.002, 0.02),
    lateUpToMs: random.between(1, 6) * HOUR_MS,
    repeatShare: logUniform(random, 0.001, 0.008),
    restoredShare: beta(random, 0.04, 40),
  };
}
