export async function loadTensorFlow(): Promise<void> {
  throw new Error("The backend 'tensorflow' is for Node: leave it at 'onnxruntime'.");
}
