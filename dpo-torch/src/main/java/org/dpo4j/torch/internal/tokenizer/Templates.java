package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.template.ChatTemplate;

/** Where a model's directory keeps its chat template: in a file of its own, or in the config. */
final class Templates {

  private static final ImmutableList<String> TOKENS =
      ImmutableList.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private Templates() {}

  /**
   * Reads the template.
   *
   * @param files the files
   * @return the template, or nothing where there is none
   * @throws IllegalArgumentException if it is malformed or has a tag that is not supported
   */
  static Optional<ChatTemplate> find(TokenizerDirectory files) {
    Optional<String> file = files.text(TokenizerDirectory.TEMPLATE);
    if (file.isPresent()) {
      String source = files.file(TokenizerDirectory.TEMPLATE).toString();
      return Optional.of(ChatTemplate.of(source, file.get(), tokens(files)));
    }
    String source = files.file(TokenizerDirectory.CONFIG) + ": chat_template";
    return files
        .json(TokenizerDirectory.CONFIG)
        .field("chat_template")
        .map(field -> ChatTemplate.of(source, text(field), tokens(files)));
  }

  /** One template, or several by name, of which the one for chats without tools is wanted. */
  private static String text(Place template) {
    if (template.isString()) {
      return template.string();
    }
    return template.elements().stream()
        .filter(named -> named.require("name").string().equals("default"))
        .map(named -> named.require("template").string())
        .findFirst()
        .orElseThrow(() -> template.refuse("must be text or have a template named default"));
  }

  private static ImmutableMap<String, String> tokens(TokenizerDirectory files) {
    ImmutableMap.Builder<String, String> tokens = ImmutableMap.builder();
    Place config = files.json(TokenizerDirectory.CONFIG);
    Place map = files.json(TokenizerDirectory.SPECIAL_TOKENS);
    for (String name : TOKENS) {
      Stream.of(config, map)
          .flatMap(file -> file.field(name).stream())
          .findFirst()
          .map(token -> token.isObject() ? token.require("content") : token)
          .ifPresent(token -> tokens.put(name, token.string()));
    }
    return tokens.buildOrThrow();
  }
}
