/** The expected output of each recorded case; a check returns a text if something is wrong. */
const all =
  (...words) =>
  output => {
    const missing = words.find(one => !one.test(output));
    return missing && `its output does not match ${missing}`;
  };
const none = words => output => (words.test(output) ? `its output matches ${words}` : undefined);
const both =
  (...checks) =>
  output =>
    checks.map(check => check(output)).find(Boolean);

export const reportCases = {
  '01-data-identity': all(/^ sky +100\.0[\s\S]*^ sky +62\.5[\s\S]*^ sky +62\.5[\s\S]*^ sky +100\.0/m),
  '02-clip-identity': both(all(/54\.3[\s\S]*54\.3/), none(/29\.4/)),
  '03-guessed-heads': both(all(/no config gives the heads/, /54\.3[\s\S]*54\.3/), none(/29\.4/)),
  '04-train-twice-at-once': all(/in use by process \d+/),
  '06-nan-after-last-step': both(all(/became|not finite|NaN/), none(/16\.7 %/)),
  '08-same-tokens': all(/"Fog", "fog" as the same words[\s\S]*letters coded in two ways/),
  '09-not-utf8': all(/latin1\.csv, line \d+ is not UTF-8/),
  '11-resume-other-pixels': all(/its images are others/),
  '14-option-without-effect': none(/✓ .*(averageStd|clip:lr|linear-probe:lr)/i),
  '15-fails-after-training': none(/epoch 1\/3[\s\S]*very very/),
  '16-evaluate-count': both(all(/40/), none(/of 4[1-9] images/)),
  '17-class-names': all(/TVs +"TVs"/, /n02085620-Chihuahua +"Chihuahua"/),
  '18-status-after-stop': all(/4 runs/, /stopped/),
  '21-skip-broken-shots': output => {
    const [without, skipping] = output.split('with --skip-broken:');
    const done = part => (part ?? '').match(/✓/g)?.length ?? 0;
    return done(without) > 0 && done(without) === done(skipping) ? undefined : 'other runs are done with --skip-broken';
  },
  '22-chance': all(/no better than guessing/),
  '24-class-named-constructor': both(all(/1 record in r/), none(/native code|edited/)),
  '25-broken-pipe': both(all(/rc 0/), none(/[1-9]\d* EPIPE|EPIPE:/)),
};

/** Written for an earlier interface of the packages; the test of `checkMethod` covers it. */
export const earlierInterface = ['26-inert-variables'];
