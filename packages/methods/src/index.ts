export { type CardFacts, cardText } from './card.js';
export { type Classifier, classifier, type Prediction } from './classifier.js';
export { cocoop } from './cocoop.js';
export { coop } from './coop.js';
export { type AnyMethod, defineMethod, type MethodFactory, methodVariant, withRecipe } from './define-method.js';
export { sharedLayers, visionLayers } from './depth.js';
export { dgprompt } from './dgprompt.js';
export { type EpochAverage, epochAverage, gaussianShares } from './epoch-average.js';
export { type ClassAccuracy, type EvaluateOptions, type Evaluation, evaluate, standardBatch } from './evaluate.js';
export {
  accuracy,
  type Confusion,
  confusions,
  type Examination,
  type ExamineOptions,
  examine,
  type Judgement,
  mistakes,
  perClass,
} from './examine.js';
export { type Exported, type ExportOptions, exportModel } from './export-model.js';
export { type ExportWebOptions, exportWeb } from './export-web.js';
export type { FeatureStore } from './feature-store.js';
export { type FitOptions, fitMethod } from './fit-method.js';
export type { FrozenTargets } from './frozen.js';
export { type Check, checkGolden, isPublished } from './golden-case.js';
export { type GoldenClip, goldenClip, isGoldenClip } from './golden-clip.js';
export { imagesAtOnce } from './images-at-once.js';
export { type ImportOptions, importable, importPublished } from './import-published.js';
export { type ContextWords, interpret, type NearWord } from './interpret.js';
export { ivlp } from './ivlp.js';
export { kgcoop } from './kgcoop.js';
export { learningRate } from './learning-rate.js';
export { linearProbe } from './linear-probe.js';
export { loadMethod, savedRun } from './load-method.js';
export { cosineLogits } from './logits.js';
export { maple } from './maple.js';
export type {
  About,
  FeaturePair,
  Fit,
  FitData,
  LabelledFeatures,
  LossTerms,
  MeanOverImages,
  Method,
  MethodDefinition,
  Parts,
  Protocol,
  Recipe,
  Side,
  Variables,
} from './method.js';
export type { Settings } from './options.js';
export { type ModelInput, portableClassifier } from './portable-classifier.js';
export { type Answer, type PredictEachOptions, predictEach } from './predict-each.js';
export { prograd } from './prograd.js';
export { promptsrc } from './promptsrc.js';
export { isTransposed, type Published, published } from './published.js';
export { methodNames, resolveMethod } from './resolve-method.js';
export type { SavedRun } from './save.js';
export {
  type Batch,
  type ClassTargets,
  lossAndGradients,
  lossTerms,
  promptedImages,
  type TrainingStep,
  trainingStep,
} from './step.js';
export { type Epoch, type Step, type TrainOptions, train } from './train.js';
export { classifierFiles, type TrainClassifierOptions, trainClassifier } from './train-classifier.js';
export type { Result, Trained } from './trained.js';
export { classTargets, type TrainingData, type TrainingDataOptions, trainingData } from './training-data.js';
export type { ViewOptions } from './training-views.js';
export { cachedViews, testViews, trainViews, type Views } from './views.js';
export { vpt } from './vpt.js';
export { checkWritable, folderFor, writeWhole } from './write-whole.js';
export { zeroshot } from './zeroshot.js';
