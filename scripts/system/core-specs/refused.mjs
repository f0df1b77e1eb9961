const ofIntegers = op => `tf.${op} of type int32 cannot be compiled: cast its input to float32`;

/**
 * Published specs that need something compiled graphs refuse, with the resulting error. ONNX has these ops for
 * floating-point numbers only, and an implicit cast would hide what is computed.
 */
export const refused = {
  'exp int32': ofIntegers('exp'),
  'round int32': ofIntegers('round'),
  'matmul upcasts when dtypes dont match': ofIntegers('matMul'),
  'dtypes Should use the input tensor dtype': ofIntegers('matMul'),
  ...Object.fromEntries(
    [
      '3x3 all cases present in both labels and predictions',
      'float32 arguments are accepted',
      '4x4 all cases present in labels, but not predictions',
      '4x4 all cases present in predictions, but not labels',
      'Plain arrays as inputs',
      'Int32Arrays as inputs',
      '5x5 predictions and labels both missing some cases',
    ].map(name => [`confusionMatrix ${name}`, ofIntegers('matMul')]),
  ),
};
