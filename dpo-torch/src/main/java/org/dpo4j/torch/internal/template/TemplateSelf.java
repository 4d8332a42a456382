package org.dpo4j.torch.internal.template;

/** The variable {@code self}: a template's own blocks, which cannot be called here. */
enum TemplateSelf {
  SELF;

  @Override
  public String toString() {
    return "<TemplateReference None>";
  }
}
