#!/bin/bash
# A first result: 60,000 pictures of clothes (Fashion-MNIST, from Debian's dataset-fashion-mnist) learnt by softmax
# regression and by a multilayer perceptron that minimise softmax_cross_entropy, then judged by several losses.
set -euo pipefail
cd "$(dirname "$0")/.."
minimand=${MINIMAND:-build/release/minimand}
data=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
folder=build/demo
began=$SECONDS

if [ ! -f "$data/train-images-idx3-ubyte.gz" ]; then
  echo "demo: $data holds no Fashion-MNIST (on Debian: apt-get install dataset-fashion-mnist)" >&2
  exit 66
fi
if [ ! -x "$minimand" ]; then
  echo "demo: $minimand is not built yet: make build" >&2
  exit 66
fi
mkdir -p "$folder"
exec 2>&1

# Shows a command as one would type it, and runs it.
run() {
  printf '\n$ minimand'
  printf ' %s' "$@"
  printf '\n'
  "$minimand" "$@"
}

# name, model, rows of a batch, epochs
learn() {
  run fit --x "$data/train-images-idx3-ubyte.gz" --y "$data/train-labels-idx1-ubyte.gz" \
    --loss softmax_cross_entropy --model "$2" --optimizer adam:lr=0.001 --batch "$3" --epochs "$4" --valid 0.05 --seed 3 \
    --out "$folder/$1.model" --log "$folder/$1.jsonl" --plot
  run predict "$folder/$1.model" "$data/t10k-images-idx3-ubyte.gz" \
    --target "$data/t10k-labels-idx1-ubyte.gz" --as prediction --out "$folder/$1.npy"
}

echo "Fashion-MNIST: 60,000 pictures of 28 x 28, ten kinds of clothes, and 10,000 to be tested on"
echo; echo "1. Softmax regression"
learn softmax linear 256 20
echo; echo "2. A multilayer perceptron, 784 - 256 - 128 - 10"
learn mlp mlp:hidden=256x128 1024 25
echo; echo "3. The logits of the test pictures under several losses, in one read"
for name in softmax mlp; do
  run eval --loss softmax_cross_entropy,softmax_cross_entropy:smoothing=0.1,softmax_cross_entropy:temperature=2 \
    --prediction "$folder/$name.npy" --target "$data/t10k-labels-idx1-ubyte.gz"
done
printf '\n%d s; the models and logs are in %s\n' $((SECONDS - began)) "$folder"
