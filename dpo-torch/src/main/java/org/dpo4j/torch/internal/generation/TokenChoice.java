package org.dpo4j.torch.internal.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;

/**
 * How the next token is chosen from logits z. In this order: a repetition penalty θ (z/θ if z &gt;
 * 0, else z·θ, of every token seen; Keskar et al. 2019, arXiv 1909.05858), the temperature T, the k
 * likeliest, the likeliest whose probabilities add up to p (Holtzman et al. 2020, arXiv
 * 1904.09751), those at least m times as likely as the likeliest (Nguyen et al. 2024, arXiv
 * 2407.01082); then one of the rest is drawn from softmax(z / T).
 *
 * <p>It is drawn as the largest of z/T + Gumbel noise. Unlike a search in cumulative probabilities
 * this hardly depends on the rounding of z, which depends on what is computed together.
 *
 * @param temperature T ≥ 0; 0 takes the largest
 * @param topK k; 0 for all
 * @param topP p in (0, 1]
 * @param minP m in [0, 1]
 * @param repetitionPenalty θ &gt; 0
 */
public record TokenChoice(
    double temperature, int topK, double topP, double minP, double repetitionPenalty) {

  /**
   * Chooses.
   *
   * @param z logits of one or more rows, finite
   * @param from where the row begins
   * @param width of the row
   * @param seen tokens of prompt and continuation so far; read only if there is a penalty
   * @param noise of this place
   * @return the token; the lowest of equals
   */
  public int choose(float[] z, int from, int width, BitSet seen, Noise noise) {
    if (repetitionPenalty != 1.0) {
      float[] penalised = penalised(Arrays.copyOfRange(z, from, from + width), seen);
      return choose(penalised, 0, width, noise);
    }
    return choose(z, from, width, noise);
  }

  private int choose(float[] z, int from, int width, Noise noise) {
    int best = largest(z, from, width);
    if (temperature == 0) {
      return best;
    }
    float max = z[from + best];
    double lowest = lowest(z, from, width, max);
    double top = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < width; token++) {
      if (z[from + token] < lowest) {
        continue;
      }
      double score = (z[from + token] - max) / temperature;
      long bits = noise.bits(token);
      if (score + Noise.gumbelBound(bits) > top) {
        double noisy = score + Noise.gumbel(bits);
        if (noisy > top) {
          top = noisy;
          best = token;
        }
      }
    }
    return best;
  }

  private static int largest(float[] z, int from, int width) {
    int best = 0;
    for (int token = 1; token < width; token++) {
      if (z[from + token] > z[from + best]) {
        best = token;
      }
    }
    return best;
  }

  /** Changes and returns them. */
  float[] penalised(float[] z, BitSet seen) {
    for (int token = seen.nextSetBit(0); token >= 0; token = seen.nextSetBit(token + 1)) {
      z[token] =
          (float) (z[token] > 0 ? z[token] / repetitionPenalty : z[token] * repetitionPenalty);
    }
    return z;
  }

  /** The least logit that may be drawn. */
  double lowest(float[] z, int from, int width, double max) {
    double lowest = Double.NEGATIVE_INFINITY;
    if (topK > 0 && topK < width) {
      lowest = kthLargest(z, from, width);
    }
    if (topP < 1) {
      lowest = Math.max(lowest, nucleus(z, from, width, max, lowest));
    }
    if (minP > 0) {
      lowest = Math.max(lowest, max + temperature * Math.log(minP));
    }
    return lowest;
  }

  private double kthLargest(float[] z, int from, int width) {
    PriorityQueue<Float> largest = new PriorityQueue<>(topK);
    float least = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + width; i++) {
      if (largest.size() < topK || z[i] > least) {
        if (largest.size() == topK) {
          largest.remove();
        }
        largest.add(z[i]);
        least = largest.element();
      }
    }
    return least;
  }

  /** The least logit of the smallest set of likeliest tokens whose probability is at least p. */
  private double nucleus(float[] z, int from, int width, double max, double lowest) {
    // All tokens below this together have less than 1 − p: the likeliest alone weighs 1.
    double light = max + temperature * Math.log((1 - topP) / width);
    double total = 0;
    float[] heavy = new float[width];
    int n = 0;
    for (int i = from; i < from + width; i++) {
      if (z[i] >= lowest) {
        total += Math.exp((z[i] - max) / temperature);
        if (z[i] >= light) {
          heavy[n++] = z[i];
        }
      }
    }
    Arrays.sort(heavy, 0, n);
    double sum = 0;
    while (n > 0 && sum < topP * total) {
      sum += Math.exp((heavy[--n] - max) / temperature);
    }
    return heavy[n];
  }
}
