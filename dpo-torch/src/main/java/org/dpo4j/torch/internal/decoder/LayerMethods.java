package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * The methods of a decoder's layers: those of the same form share theirs, so that each text is
 * compiled once.
 *
 * @param text all methods
 * @param names what tells each layer's methods from the others', in the layers' order
 */
record LayerMethods(String text, ImmutableList<String> names) {

  /**
   * Names the methods.
   *
   * @param layers the layers' texts, {@code %1$s} standing for the name
   */
  static LayerMethods of(List<String> layers) {
    List<String> texts = layers.stream().distinct().toList();
    StringBuilder methods = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      methods.append(texts.get(i).replace("%1$s", Integer.toString(i)));
    }
    return new LayerMethods(
        methods.toString(),
        layers.stream()
            .map(text -> Integer.toString(texts.indexOf(text)))
            .collect(ImmutableList.toImmutableList()));
  }
}
