export const attachments = {
  附件: 'Attachments',
  传附件: 'Add files',
  '可传可不传：图片、PDF、Word、Excel、文本，每个不超过 20 MB。':
    'Optional: pictures, PDF, Word, Excel, text; up to 20 MB each.',
  '拍摄于 {time}': 'taken {time}',
  '地点 {place}': 'at {place}',
  去掉附件: 'Remove attachment',
  '去掉“{name}”': 'Remove “{name}”',
  继续上传: 'Resume',
  放弃上传: 'Give up',
  '正在上传“{name}”': 'Uploading “{name}”',
  没有附件: 'No attachments',
} as const
