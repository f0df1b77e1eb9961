// Made from the commands' options; config-schema.test.ts compares.
/**
 * What stands at the top holds for every command that has the option, what stands below a command for that one. The command line wins.
 */
export interface DgpromptConfig {
  /**
   * path of this schema, for editors
   */
  $schema?: string
  /**
   * also: paper, a dataset, a folder (bench, search, zeroShot)
   */
  suite?: string
  /**
   * holds the published datasets (bench, repeat, search, zeroShot, data)
   */
  root?: string
  /**
   * only these tasks of the suite, as a,b,c (bench, search, zeroShot)
   */
  tasks?: (string | string[])
  /**
   * leave out images that do not decode (bench, zeroShot)
   */
  skipBroken?: boolean
  /**
   * keep decoded test images there (bench, zeroShot, doctor)
   */
  cache?: string
  /**
   * where the records are (bench, status, table, compare, report, doctor)
   */
  results?: string
  /**
   * folder, file or hub id of a CLIP (default: mini-CLIP) (bench, repeat, search, zeroShot, import, interpret, train, predict, evaluate, export)
   */
  model?: string
  /**
   * cpu, webgpu, cuda, coreml, dml (bench, search, zeroShot, verify, doctor, train, predict, evaluate, export)
   */
  device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
  /**
   * of the CPU (bench, search, zeroShot, verify, doctor, train, predict, evaluate, export)
   */
  threads?: number
  /**
   * onnxruntime, tensorflow, cpu (bench, search, zeroShot, verify, doctor, train, predict, evaluate, export)
   */
  backend?: ("onnxruntime" | "tensorflow" | "cpu")
  /**
   * Train methods, test them as a protocol of the papers says, print the table.
   */
  bench?: {
    /**
     * also: paper, a dataset, a folder
     */
    suite?: string
    /**
     * holds the published datasets
     */
    root?: string
    /**
     * only these tasks of the suite, as a,b,c
     */
    tasks?: (string | string[])
    /**
     * leave out images that do not decode
     */
    skipBroken?: boolean
    /**
     * keep decoded test images there
     */
    cache?: string
    /**
     * base-to-new, few-shot, cross-dataset, domain-generalization, ablation, zero-shot, ./file.ts
     */
    protocol?: string
    /**
     * what cross-dataset and domain-generalization train on
     */
    source?: (string | string[])
    /**
     * all, a:lr=1,./b.ts (default: clip,coop,maple,dgprompt)
     */
    methods?: (string | string[])
    /**
     * training images a class (default: the protocol's)
     */
    shots?: (number | number[])
    /**
     * as 1,2,3
     */
    seeds?: (number | number[])
    /**
     * instead of each method's published number
     */
    epochs?: number
    /**
     * numbers that `dgprompt search` chose
     */
    settings?: string
    /**
     * features computed once, of n crops an image or as it is
     */
    cacheFeatures?: (boolean | number)
    /**
     * test on validation images after every epoch
     */
    validate?: boolean
    /**
     * where the records are
     */
    results?: string
    /**
     * runs at a time, in processes of their own
     */
    workers?: number
    /**
     * who does the runs: local, slurm
     */
    executor?: ("local" | "slurm")
    /**
     * for sbatch: "--partition=gpu --time=2:00:00"
     */
    slurm?: string
    /**
     * list the runs, with an estimate of time and memory
     */
    dryRun?: boolean
    /**
     * do runs again that failed before
     */
    retryFailed?: boolean
    /**
     * write the table, too: .md, .tex, .csv or .json
     */
    out?: string
    /**
     * time the kernels of a few steps, and keep traces there
     */
    profile?: string
    /**
     * print JSON, and progress as JSON lines on stderr
     */
    json?: boolean
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Say which runs of a results folder are queued, running, done, failed or lost.
   */
  status?: {
    /**
     * where the records are
     */
    results?: string
    /**
     * print JSON and nothing else
     */
    json?: boolean
  }
  /**
   * Print the tables of finished runs from their records.
   */
  table?: {
    /**
     * where the records are
     */
    results?: string
    /**
     * write them, too: .md, .tex, .csv or .json
     */
    out?: string
    /**
     * what to print
     */
    format?: ("text" | "markdown" | "latex" | "csv" | "json")
    /**
     * the same as --format json
     */
    json?: boolean
  }
  /**
   * Compare two methods, or two results folders, on the same tasks and seeds.
   */
  compare?: {
    /**
     * where the records of methods are
     */
    results?: string
    /**
     * print JSON and nothing else
     */
    json?: boolean
  }
  /**
   * Write one HTML page of finished runs: tables, plots, examples, and how to repeat each run.
   */
  report?: {
    /**
     * where the records are
     */
    results?: string
    /**
     * the page; it needs no other file and no network
     */
    out?: string
  }
  /**
   * Do a finished run again from its record, and say whether the result is the same, bit for bit.
   */
  repeat?: {
    /**
     * where the record's suite is a folder
     */
    suite?: string
    /**
     * holds the published datasets
     */
    root?: string
    /**
     * where the record's method is your own
     */
    method?: string
    /**
     * where the record's protocol is your own
     */
    protocol?: string
    /**
     * where the record's CLIP is not the mini-CLIP
     */
    model?: string
    /**
     * print JSON and nothing else
     */
    json?: boolean
  }
  /**
   * Choose settings on validation images of base classes, once for all tasks.
   */
  search?: {
    /**
     * also: paper, a dataset, a folder
     */
    suite?: string
    /**
     * holds the published datasets
     */
    root?: string
    /**
     * only these tasks of the suite, as a,b,c
     */
    tasks?: (string | string[])
    /**
     * as a,b,./mine.ts
     */
    methods?: (string | string[])
    /**
     * training images a class
     */
    shots?: number
    /**
     * of the few-shot sample
     */
    seed?: number
    /**
     * on published rates
     */
    lr?: (number | number[])
    /**
     * on published epochs, then
     */
    epochs?: (number | number[])
    /**
     * where the records are
     */
    results?: string
    /**
     * writes <name>.json and <name>.md
     */
    out?: string
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Test a CLIP with hand-written prompts, among all classes of each task.
   */
  zeroShot?: {
    /**
     * also: paper, a dataset, a folder
     */
    suite?: string
    /**
     * holds the published datasets
     */
    root?: string
    /**
     * only these tasks of the suite, as a,b,c
     */
    tasks?: (string | string[])
    /**
     * leave out images that do not decode
     */
    skipBroken?: boolean
    /**
     * keep decoded test images there
     */
    cache?: string
    /**
     * average over these prompts, one a line, {} for the name
     */
    templates?: string
    /**
     * print {"tasks": {name: percent}, "mean": percent} and nothing else
     */
    json?: boolean
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * The published datasets: list, prepare, check, show, sample.
   */
  data?: {
    /**
     * List the published datasets: where they would be, whether they are there, what is known of them.
     */
    list?: {
      /**
       * holds the published datasets
       */
      root?: string
      /**
       * print JSON and nothing else
       */
      json?: boolean
    }
    /**
     * Get a published dataset: download, check, unpack, lay out. The same command goes on after a cut.
     */
    prepare?: {
      /**
       * holds the published datasets
       */
      root?: string
      /**
       * archives and lists that are on disk, instead of downloads
       */
      from?: (string | string[])
    }
    /**
     * Check that every image of a dataset is there and decodes, and that counts are the published ones.
     */
    check?: {
      /**
       * holds the published datasets
       */
      root?: string
      /**
       * print JSON and nothing else
       */
      json?: boolean
    }
    /**
     * Draw a dataset's few-shot set as a contact sheet (PNG), base and new classes marked.
     */
    show?: {
      /**
       * holds the published datasets
       */
      root?: string
      /**
       * training images a class
       */
      shots?: number
      /**
       * the papers use 1, 2, 3
       */
      seed?: number
      /**
       * at most so many base and new classes
       */
      classes?: number
      /**
       * default: NAME-SHOTS-shots-seed-SEED.png
       */
      out?: string
    }
    /**
     * Print the few-shot set of a split file as {"train": […], "val": […]}, as published code draws it.
     */
    sample?: {
      /**
       * a split_zhou_*.json
       */
      split?: string
      /**
       * training images a class
       */
      shots?: number
      /**
       * the papers use 1, 2, 3
       */
      seed?: number
    }
  }
  /**
   * Turn a checkpoint of the published PyTorch code into a folder of ours.
   */
  import?: {
    /**
     * coop, cocoop, vpt, ivlp, maple or promptsrc
     */
    method?: string
    /**
     * a,b,c by label, or a file: a name a line, or a split
     */
    classes?: string
    /**
     * of these classes: all, base, new
     */
    subset?: ("all" | "base" | "new")
    /**
     * where to write prompts.safetensors and run.json
     */
    out?: string
    /**
     * what its context started from (default: as published)
     */
    start?: string
    /**
     * of the class name (CoOp): end, middle, front
     */
    position?: ("end" | "middle" | "front")
    /**
     * the CLIP it was trained on (default: the mini-CLIP)
     */
    model?: string
  }
  /**
   * Print the words of the vocabulary that are nearest to each learned context vector.
   */
  interpret?: {
    /**
     * words for each vector
     */
    top?: number
    /**
     * the CLIP it was trained on (default: from where it was then)
     */
    model?: string
    /**
     * print JSON and nothing else
     */
    json?: boolean
  }
  /**
   * CLIPs of the Hugging Face hub: pull, list, verify, rm.
   */
  models?: {
    /**
     * Download a model, or go on with it: openai/clip-vit-base-patch16.
     */
    pull?: {
      /**
       * branch, tag or commit
       */
      revision?: string
    }
    /**
     * The models in the cache that all tools for the hub share.
     */
    list?: {
      /**
       * print [{"id": …, "bytes": …, "path": …}] and nothing else
       */
      json?: boolean
    }
    /**
     * Hold files against their checksums; without an id, of all models.
     */
    verify?: {}
    /**
     * Delete models from the cache.
     */
    rm?: {}
  }
  /**
   * Compare the numbers computed here with recorded ones of the published implementations.
   */
  verify?: {
    /**
     * methods, zero-shot, schedules, tokens, images, checkpoints
     */
    golden?: string
    /**
     * published splits and few-shot sets
     */
    data?: string
    /**
     * print JSON and nothing else
     */
    json?: boolean
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Say what is installed here, where things are kept, and whether the engine computes what it should.
   */
  doctor?: {
    /**
     * where the records are
     */
    results?: string
    /**
     * keep decoded test images there
     */
    cache?: string
    /**
     * print JSON and nothing else
     */
    json?: boolean
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Train a classifier on a folder with one folder of images per class.
   */
  train?: {
    /**
     * for the classifier; run again, it goes on after Ctrl-C
     */
    out?: string
    /**
     * as maple or coop:csc
     */
    method?: string
    /**
     * training images a class (default: all)
     */
    shots?: number
    /**
     * instead of the method's published number
     */
    epochs?: number
    /**
     * learning rate, likewise
     */
    lr?: number
    /**
     * images a step, likewise
     */
    batch?: number
    /**
     * of split and training
     */
    seed?: number
    /**
     * hand-written prompt
     */
    template?: string
    /**
     * full, crop, none
     */
    augment?: ("full" | "crop" | "none")
    /**
     * features computed once, of n crops an image or as it is
     */
    cacheFeatures?: (boolean | number)
    /**
     * print what run.json says of it and nothing else
     */
    json?: boolean
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Say what is in images.
   */
  predict?: {
    /**
     * classes an image
     */
    top?: number
    /**
     * instead of the learned ones, as a,b,c; added to them as +d,+e
     */
    classes?: (string | string[])
    /**
     * a line of JSON an image: {"path", "predictions": [{"label", "score"}]}
     */
    json?: boolean
    /**
     * lines of path,rank,label,score
     */
    csv?: boolean
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Test a classifier on a folder with one folder of images per class.
   */
  evaluate?: {
    /**
     * page with the mistakes, the worst first
     */
    out?: string
    /**
     * train, val, test, all (default: test where there is one)
     */
    split?: ("train" | "val" | "test" | "all")
    /**
     * instead of the learned ones, as a,b,c; added to them as +d,+e
     */
    classes?: (string | string[])
    /**
     * print {"top1", "images", "perClass", "confusions"} and nothing else
     */
    json?: boolean
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
    /**
     * fp32, fp16 for the frozen towers
     */
    precision?: ("fp32" | "fp16")
  }
  /**
   * Write a classifier as one file that runs anywhere, or as a web page.
   */
  export?: {
    /**
     * onnx, web
     */
    format?: ("onnx" | "web")
    /**
     * how weights are stored: fp32, fp16, int8
     */
    precision?: ("fp32" | "fp16" | "int8")
    /**
     * image (uint8 RGB of any size), pixels (normalised)
     */
    input?: ("image" | "pixels")
    /**
     * default: CLASSIFIER.onnx, or CLASSIFIER-web for a page
     */
    out?: string
    /**
     * instead of the learned ones, as a,b,c; added to them as +d,+e
     */
    classes?: (string | string[])
    /**
     * folder, file or hub id of a CLIP (default: mini-CLIP)
     */
    model?: string
    /**
     * cpu, webgpu, cuda, coreml, dml
     */
    device?: ("cpu" | "webgpu" | "cuda" | "coreml" | "dml")
    /**
     * of the CPU
     */
    threads?: number
    /**
     * onnxruntime, tensorflow, cpu
     */
    backend?: ("onnxruntime" | "tensorflow" | "cpu")
  }
}
